import "./app/styles";
import { StrictMode, startTransition } from "react";
import { createRoot, hydrateRoot } from "react-dom/client";
import { RouterProvider } from "react-router/dom";
import { Providers } from "@/app/providers";
import { createAppRouter, loadPage } from "@/app/router";
import { detectLanguage, nameLanguage, startI18n } from "@/i18n";
import { connectClient, refresh } from "@/lib/session";

/** Not at the top of the module: what is awaited here takes its own parts from the file that this is in. */
async function start(): Promise<void> {
  // Words are there before their letters: until these come, the system's show them.
  void import("./app/letters");
  connectClient();
  void refresh();
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

void start();
