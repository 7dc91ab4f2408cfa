type Page = {
  /** Where its code is; null where the script of every page has it. */
  module: string | null;
  /** Whether it is drawn before the script is there; of the others, only the frame is. */
  isDrawn: boolean;
};

/** Any other address. */
export const ANYWHERE = "*";

/** The pages where a visit begins, by address: nobody waits for the script to ask for their code. */
export const PAGES: Record<string, Page> = {
  "/": { module: null, isDrawn: true },
  "/sign-in": { module: "src/features/auth/sign-in-page.tsx", isDrawn: true },
  "/register": { module: "src/features/auth/register-page.tsx", isDrawn: false },
  "/home": { module: "src/features/home/home-page.tsx", isDrawn: false },
  [ANYWHERE]: { module: null, isDrawn: false },
};
