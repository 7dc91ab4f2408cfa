import { useLater } from "@/lib/use-later";
import type { Question } from "./confirm-dialog-body";

const load = () => import("./confirm-dialog-body");

/** Asks once more before something that cannot be taken back. */
export function ConfirmDialog(props: Question) {
  const Dialog = useLater(load, props.isOpen);
  return Dialog && <Dialog {...props} />;
}
