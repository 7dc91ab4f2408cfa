import { useEffect, useRef, useState } from "react";
import { uploadRecording } from "@/api";
import { unwrap } from "@/lib/api-error";

const TYPES = ["audio/webm;codecs=opus", "audio/mp4"];

/** Record an answer and send it as one file, for browsers that no live connection reaches. */
export function useRecorder(
  stream: MediaStream | null,
  interviewId: string,
  questionId: string,
  onSent: () => void,
) {
  const [state, setState] = useState<"idle" | "recording" | "sending">("idle");
  const [error, setError] = useState<unknown>(null);
  const recorder = useRef<MediaRecorder | null>(null);
  const kept = useRef<Blob | null>(null);
  useEffect(() => () => void (recorder.current?.state === "recording" && recorder.current.stop()), []);

  const start = () => {
    if (!stream) return;
    setError(null);
    recorder.current = startRecording(stream);
    setState("recording");
  };
  const send = async (recording: Blob) => {
    kept.current = recording;
    setState("sending");
    setError(null);
    try {
      const path = { interview_id: interviewId, question_id: questionId };
      await unwrap(uploadRecording({ path, body: { file: recording } }));
      kept.current = null;
      onSent();
    } catch (failure) {
      setError(failure);
    }
    setState("idle");
  };
  const stop = async () => {
    if (recorder.current) await send(await stopRecording(recorder.current));
  };
  return {
    state,
    error,
    canResend: kept.current !== null && state === "idle",
    start,
    stop,
    resend: async () => {
      if (kept.current) await send(kept.current);
    },
  };
}

export function startRecording(stream: MediaStream): MediaRecorder {
  const mimeType = TYPES.find((type) => MediaRecorder.isTypeSupported(type));
  const recorder = new MediaRecorder(new MediaStream(stream.getAudioTracks()), mimeType ? { mimeType } : {});
  recorder.start();
  return recorder;
}

/** The whole recording: its last piece comes before the event `stop`, and only then it is complete. */
export function stopRecording(recorder: MediaRecorder): Promise<Blob> {
  const pieces: Blob[] = [];
  recorder.ondataavailable = ({ data }) => pieces.push(data);
  return new Promise((resolve) => {
    recorder.onstop = () => resolve(new Blob(pieces, { type: recorder.mimeType.split(";")[0] }));
    recorder.stop();
  });
}
