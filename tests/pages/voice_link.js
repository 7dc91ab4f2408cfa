// A microphone, a camera and a connection to the media server that do what a test says, and the same each time.
(() => {
  const wants = window.__devices ?? { camera: "on", microphone: "on" };

  const picture = () => {
    const canvas = Object.assign(document.createElement("canvas"), { width: 640, height: 480 });
    const paint = canvas.getContext("2d");
    const draw = () => {
      paint.fillStyle = "#8fa3a8";
      paint.fillRect(0, 0, 640, 480);
      paint.fillStyle = "#e2c9b5";
      paint.beginPath();
      paint.ellipse(320, 220, 90, 120, 0, 0, 2 * Math.PI);
      paint.fill();
    };
    draw();
    setInterval(draw, 200);
    return canvas.captureStream(5).getVideoTracks();
  };
  const sound = () => {
    const context = new AudioContext();
    const voice = context.createOscillator();
    const volume = context.createGain();
    const ear = context.createMediaStreamDestination();
    volume.gain.value = 0.05;
    voice.connect(volume).connect(ear);
    voice.start();
    return ear.stream.getAudioTracks();
  };

  navigator.mediaDevices.getUserMedia = async ({ audio, video }) => {
    const refusal = (video && wants.camera !== "on" && wants.camera) || (audio && wants.microphone !== "on" && wants.microphone);
    if (refusal) throw new DOMException("as the test wants", refusal);
    return new MediaStream([...(audio ? sound() : []), ...(video ? picture() : [])]);
  };

  class Channel {
    readyState = "connecting";
    send(text) {
      const message = JSON.parse(text);
      // A slow way is one on which every answer seems to be an old one.
      if (message.type === "ping") this.hear({ type: "pong", at: message.at - (wants.delayMs ?? 20) });
    }
    hear(message) {
      this.onmessage?.({ data: JSON.stringify(message) });
    }
  }

  window.RTCPeerConnection = class {
    iceConnectionState = "new";
    localDescription = null;
    createDataChannel() {
      this.channel = new Channel();
      window.__link = this;
      return this.channel;
    }
    addTransceiver() {}
    getSenders() {
      return [];
    }
    async createOffer() {
      return { type: "offer", sdp: "" };
    }
    async setLocalDescription(description) {
      this.localDescription = description;
    }
    async setRemoteDescription() {
      this.channel.readyState = "open";
      this.hear({ type: "ready", epoch: 1, may_transcribe: true, may_analyze_emotion: true });
    }
    hear(message) {
      this.channel.hear(message);
    }
    lose() {
      this.iceConnectionState = "failed";
      this.oniceconnectionstatechange?.();
    }
    close() {}
  };
})();
