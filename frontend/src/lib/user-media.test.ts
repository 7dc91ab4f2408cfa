import { describe, expect, it } from "vitest";
import { openDevices } from "./user-media";

const stream = {} as MediaStream;

function devices({ camera, microphone }: { camera?: string; microphone?: string }) {
  const asked: string[] = [];
  const ask = async ({ audio, video }: MediaStreamConstraints) => {
    asked.push([video && "camera", audio && "microphone"].filter(Boolean).join("+"));
    const problem = (video && camera) || (audio && microphone);
    if (problem) throw Object.assign(new Error(problem), { name: problem });
    return stream;
  };
  return { ask, asked };
}

describe("the way from camera and microphone down to text", () => {
  it("takes both where both are allowed", async () => {
    const { ask } = devices({});
    expect(await openDevices(true, ask)).toEqual({ stream, camera: "on", microphone: "on" });
  });

  it("goes on with the voice where the camera is refused", async () => {
    const { ask, asked } = devices({ camera: "NotAllowedError" });
    expect(await openDevices(true, ask)).toEqual({ stream, camera: "refused", microphone: "on" });
    expect(asked).toEqual(["camera+microphone", "microphone"]);
  });

  it("says what is wrong with each where nothing works", async () => {
    const { ask } = devices({ camera: "NotFoundError", microphone: "NotReadableError" });
    expect(await openDevices(true, ask)).toEqual({ stream: null, camera: "missing", microphone: "busy" });
  });

  it("never asks for a camera that is not wanted", async () => {
    const { ask, asked } = devices({});
    await openDevices(false, ask);
    expect(asked).toEqual(["microphone"]);
  });

  it("works where the browser offers no devices at all", async () => {
    expect(await openDevices(true, null)).toEqual({
      stream: null,
      camera: "unsupported",
      microphone: "unsupported",
    });
  });
});
