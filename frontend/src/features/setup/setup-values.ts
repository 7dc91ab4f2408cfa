import type { Purpose } from "@/api";
import type { Language } from "@/i18n";

export type SetupValues = {
  resumeId: string;
  role: string;
  company: string;
  companyDescription: string;
  jobDescription: string;
  language: Language;
  scenarioId: string;
  purpose: Purpose;
  agreesToScoring: boolean;
  agreesToEmotion: boolean;
};
