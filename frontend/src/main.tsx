import "./app/styles";
import { StrictMode, startTransition } from "react";
import { createRoot, hydrateRoot } from "react-dom/client";
import { RouterProvider } from "react-router/dom";
import { Providers } from "@/app/providers";
import { createAppRouter, loadPage } from "@/app/router";
import { detectLanguage, nameLanguage, startI18n } from "@/i18n";
import { LETTERS_HERE, LETTERS_KEY, savePreference } from "@/lib/preferences";
import { connectClient, refresh } from "@/lib/session";

const LETTERS_WAIT_MS = 500;

/** Not at the top of the module: what is awaited here takes its own parts from the file that this is in. */
async function start(): Promise<void> {
  connectClient();
  void refresh().finally(bringLetters);
  nameLanguage();
  await Promise.all([startI18n(detectLanguage(navigator.languages)), loadPage(window.location.pathname)]);

  const root = document.getElementById("root");
  if (!root) throw new Error("index.html has no #root");

  const app = (
    <StrictMode>
      <Providers>
        <RouterProvider router={createAppRouter()} />
      </Providers>
    </StrictMode>
  );

  if (root.hasAttribute("data-drawn")) {
    // In pieces, so that the page answers while it comes to life.
    startTransition(() => {
      hydrateRoot(root, app);
    });
  } else {
    createRoot(root).render(app);
  }
}

/**
 * The first time, letters wait until what is asked of the server should be here, and the system's show the words;
 * from then on the browser has them, and they are there from the beginning.
 */
function bringLetters(): void {
  setTimeout(async () => {
    await import("./app/letters");
    savePreference(LETTERS_KEY, LETTERS_HERE);
  }, LETTERS_WAIT_MS);
}

void start();
