import "@mantine/core/styles.css";
import "@mantine/notifications/styles.css";
import "pretendard/dist/web/variable/pretendardvariable-dynamic-subset.css";
import "./app/global.css";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { RouterProvider } from "react-router/dom";
import { Providers } from "@/app/providers";
import { createAppRouter } from "@/app/router";
import { detectLanguage, startI18n } from "@/i18n";
import { connectClient, refresh } from "@/lib/session";

connectClient();
void refresh();
await startI18n(detectLanguage(navigator.languages));

const root = document.getElementById("root");
if (!root) throw new Error("index.html has no #root");

createRoot(root).render(
  <StrictMode>
    <Providers>
      <RouterProvider router={createAppRouter()} />
    </Providers>
  </StrictMode>,
);
