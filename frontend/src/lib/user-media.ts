/** Why a device cannot be used, in the terms that the pages have words for. */
export type DeviceProblem = "refused" | "missing" | "busy" | "unsupported";

export type Devices = {
  stream: MediaStream | null;
  camera: "on" | "off" | DeviceProblem;
  microphone: "on" | "off" | DeviceProblem;
};

type Ask = (constraints: MediaStreamConstraints) => Promise<MediaStream>;

/** Gain control would hide how loud somebody speaks; echo must go, or the spoken question answers itself. */
const AUDIO: MediaTrackConstraints = {
  echoCancellation: true,
  noiseSuppression: true,
  autoGainControl: false,
  channelCount: 1,
};
const VIDEO: MediaTrackConstraints = {
  width: { ideal: 640 },
  height: { ideal: 480 },
  frameRate: { ideal: 15, max: 15 },
};

/** Ask for what is wanted, then for less: camera and microphone, the microphone alone, nothing. Never throws. */
export async function openDevices(wantsCamera: boolean, ask: Ask | null = browserAsk()): Promise<Devices> {
  if (!ask) return { stream: null, camera: "unsupported", microphone: "unsupported" };
  let camera: Devices["camera"] = "off";
  if (wantsCamera) {
    try {
      return { stream: await ask({ audio: AUDIO, video: VIDEO }), camera: "on", microphone: "on" };
    } catch (error) {
      camera = problemOf(error);
    }
  }
  try {
    return { stream: await ask({ audio: AUDIO }), camera, microphone: "on" };
  } catch (error) {
    return { stream: null, camera, microphone: problemOf(error) };
  }
}

/** Ask for the camera alone. */
export async function openCamera(ask: Ask | null = browserAsk()): Promise<Devices> {
  if (!ask) return { stream: null, camera: "unsupported", microphone: "off" };
  try {
    return { stream: await ask({ video: VIDEO }), camera: "on", microphone: "off" };
  } catch (error) {
    return { stream: null, camera: problemOf(error), microphone: "off" };
  }
}

export function stopStream(stream: MediaStream | null): void {
  for (const track of stream?.getTracks() ?? []) track.stop();
}

function browserAsk(): Ask | null {
  // Absent on pages that are neither https nor localhost.
  const devices: MediaDevices | undefined = navigator.mediaDevices;
  return devices?.getUserMedia ? (constraints) => devices.getUserMedia(constraints) : null;
}

function problemOf(error: unknown): DeviceProblem {
  const name = error instanceof Error ? error.name : "";
  if (name === "NotAllowedError" || name === "SecurityError") return "refused";
  if (name === "NotFoundError" || name === "OverconstrainedError") return "missing";
  return name === "NotReadableError" || name === "AbortError" ? "busy" : "unsupported";
}
