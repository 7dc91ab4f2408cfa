import i18next from "i18next";
import { StrictMode } from "react";
import { renderToString } from "react-dom/server";
import { createMemoryRouter, RouterProvider } from "react-router";
import { Layout } from "@/app/layout";
import { Providers } from "@/app/providers";
import { StartPage } from "@/app/start-page";
import { PageSkeleton } from "@/components/page-skeleton";
import { SignInPage } from "@/features/auth/sign-in-page";
import { LANGUAGES, type Language, loadTexts, startI18n } from "@/i18n";
import { PAGES } from "./pages";

export type View = { language: Language; path: string; title: string; html: string };

const NOT_DRAWN = "/elsewhere";

const routes = [
  {
    element: <Layout />,
    children: [
      { path: "/", element: <StartPage /> },
      { path: "/sign-in", element: <SignInPage /> },
      { path: NOT_DRAWN, element: <PageSkeleton /> },
    ],
  },
];

/** What each page looks like before anything is known of its reader, in each language. */
export async function drawViews(): Promise<View[]> {
  await startI18n("ko");
  await loadTexts("en");
  const views: View[] = [];
  for (const language of LANGUAGES) {
    await i18next.changeLanguage(language);
    for (const [path, { isDrawn }] of Object.entries(PAGES)) {
      const html = draw(isDrawn ? path : NOT_DRAWN);
      views.push({ language, path, title: i18next.t("app.name"), html });
    }
  }
  return views;
}

function draw(path: string): string {
  const router = createMemoryRouter(routes, { initialEntries: [path] });
  return renderToString(
    <StrictMode>
      <Providers>
        <RouterProvider router={router} />
      </Providers>
    </StrictMode>,
  );
}
