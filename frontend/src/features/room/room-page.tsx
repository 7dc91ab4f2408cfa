import { useParams } from "react-router";
import { LoadError } from "@/components/load-error";
import { PageSkeleton } from "@/components/page-skeleton";
import { VoiceProvider } from "@/features/voice/voice-context";
import { Room } from "./room";
import { useRoom } from "./use-room";

export function RoomPage() {
  const { interviewId = "" } = useParams();
  const { state, stream, error, take, reload } = useRoom(interviewId);
  if (!state) return error ? <LoadError error={error} onRetry={reload} /> : <PageSkeleton />;
  return (
    <VoiceProvider key={interviewId} interviewId={interviewId} isOver={state.interview.status === "finished"}>
      <Room state={state} stream={stream} take={take} reload={reload} />
    </VoiceProvider>
  );
}
