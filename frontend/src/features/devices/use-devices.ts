import { useEffect, useRef, useState } from "react";
import { type Devices, openCamera, openDevices, stopStream } from "@/lib/user-media";

const NONE: Devices = { stream: null, camera: "off", microphone: "off" };

/** Camera and microphone for as long as the page is open. */
export function useDevices() {
  const [devices, setDevices] = useState(NONE);
  const [hasAsked, setHasAsked] = useState(false);
  const opened = useRef<MediaStream | null>(null);
  const isGone = useRef(false);
  useEffect(() => {
    isGone.current = false;
    return () => {
      isGone.current = true;
      stopStream(opened.current);
    };
  }, []);

  const open = async (wantsCamera: boolean) => {
    const found = await openDevices(wantsCamera);
    if (isGone.current) return stopStream(found.stream);
    opened.current = found.stream;
    setDevices(found);
    setHasAsked(true);
  };
  const addCamera = async () => {
    const found = await openCamera();
    if (isGone.current) return stopStream(found.stream);
    const tracks = [...(opened.current?.getTracks() ?? []), ...(found.stream?.getTracks() ?? [])];
    opened.current = tracks.length > 0 ? new MediaStream(tracks) : null;
    setDevices((known) => ({ ...known, stream: opened.current, camera: found.camera }));
  };
  return { devices, hasAsked, open, addCamera };
}
