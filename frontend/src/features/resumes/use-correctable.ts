import { useRef, useState } from "react";
import type { Corrections } from "@/api";
import { useProfile } from "./profile-context";
import { useCorrectProfile } from "./use-correct-profile";

export type CorrectableField = keyof Corrections;

/** One field of the profile: whether it is being edited or was corrected, and how to save it or take it back. */
export function useCorrectable(field: CorrectableField) {
  const { resumeId, profile, correctedFields } = useProfile();
  const correct = useCorrectProfile(resumeId);
  const [isEditing, setEditing] = useState(false);
  const editButton = useRef<HTMLButtonElement>(null);

  const close = () => {
    correct.reset();
    setEditing(false);
    // The form that had the focus is gone.
    setTimeout(() => editButton.current?.focus());
  };
  return {
    isEditing,
    isCorrected: correctedFields.includes(field),
    isFromModel: !correctedFields.includes(field) && !!profile.completed?.fields.includes(field),
    isBusy: correct.isPending,
    error: correct.error,
    editButton,
    edit: () => setEditing(true),
    close,
    save: (value: Corrections[CorrectableField], onSaved: () => void = close) =>
      correct.mutate({ [field]: value }, { onSuccess: onSaved }),
    takeBack: () => correct.mutate({ [field]: null }, { onSuccess: close }),
  };
}

export type Correctable = ReturnType<typeof useCorrectable>;
