import { createContext, useContext } from "react";
import type { Profile } from "@/api";

type Shown = { resumeId: string; profile: Profile; correctedFields: readonly string[] };

const ProfileContext = createContext<Shown | null>(null);

export const ProfileProvider = ProfileContext.Provider;

/** The profile that the page is about. */
export function useProfile(): Shown {
  const shown = useContext(ProfileContext);
  if (!shown) throw new Error("outside a ProfileProvider");
  return shown;
}
