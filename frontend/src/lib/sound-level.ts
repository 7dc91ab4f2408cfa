/** Below this a microphone hears nothing worth showing. */
const FLOOR_DB = -60;

/** Measures how loud a stream is, from 0 (silence) to 1 (as loud as it gets). */
export class SoundLevel {
  private readonly context: AudioContext;
  private readonly analyser: AnalyserNode;
  private readonly samples: Float32Array<ArrayBuffer>;

  constructor(stream: MediaStream) {
    this.context = new AudioContext();
    this.analyser = this.context.createAnalyser();
    this.analyser.fftSize = 1024;
    this.samples = new Float32Array(this.analyser.fftSize);
    this.context.createMediaStreamSource(stream).connect(this.analyser);
  }

  read(): number {
    // A browser may hold a context back until somebody clicks.
    if (this.context.state === "suspended") void this.context.resume();
    this.analyser.getFloatTimeDomainData(this.samples);
    return levelOf(this.samples);
  }

  close(): void {
    void this.context.close().catch(() => undefined);
  }
}

export function levelOf(samples: Float32Array): number {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  const decibels = 20 * Math.log10(Math.sqrt(sum / Math.max(1, samples.length)) + 1e-9);
  return Math.min(1, Math.max(0, 1 - decibels / FLOOR_DB));
}
