import { createBrowserRouter, matchRoutes, type RouteObject } from "react-router";
import { PageSkeleton } from "@/components/page-skeleton";
import { CrashPage } from "./crash-page";
import { Layout } from "./layout";
import { NotFoundPage } from "./not-found-page";
import { RequireSession } from "./require-session";
import { StartPage } from "./start-page";

export const routes: RouteObject[] = [
  {
    element: <Layout />,
    errorElement: <CrashPage />,
    hydrateFallbackElement: <PageSkeleton />,
    children: [
      {
        // Keeps the header when a page breaks.
        errorElement: <CrashPage />,
        children: [
          { path: "/", element: <StartPage /> },
          { path: "/sign-in", lazy: page(() => import("@/features/auth/sign-in-page"), "SignInPage") },
          { path: "/register", lazy: page(() => import("@/features/auth/register-page"), "RegisterPage") },
          {
            element: <RequireSession />,
            children: [
              { path: "/home", lazy: page(() => import("@/features/home/home-page"), "HomePage") },
              {
                path: "/resumes/new",
                lazy: page(() => import("@/features/resumes/upload-page"), "UploadPage"),
              },
              {
                path: "/resumes/:resumeId",
                lazy: page(() => import("@/features/resumes/resume-page"), "ResumePage"),
              },
              {
                path: "/interviews/new",
                lazy: page(() => import("@/features/setup/setup-page"), "SetupPage"),
              },
              {
                path: "/device-check",
                lazy: page(() => import("@/features/devices/device-check-page"), "DeviceCheckPage"),
              },
              {
                path: "/interviews/:interviewId",
                lazy: page(() => import("@/features/room/room-page"), "RoomPage"),
              },
              {
                path: "/interviews/:interviewId/report",
                lazy: page(() => import("@/features/report/report-page"), "ReportPage"),
              },
              {
                path: "/question-sets",
                lazy: page(() => import("@/features/question-sets/question-sets-page"), "QuestionSetsPage"),
              },
              {
                path: "/question-sets/:questionSetId",
                lazy: page(() => import("@/features/question-sets/question-set-page"), "QuestionSetPage"),
              },
              {
                path: "/learning/:learningPathId?",
                lazy: page(() => import("@/features/learning/learning-page"), "LearningPage"),
              },
              {
                path: "/reports/compare",
                lazy: page(() => import("@/features/compare/compare-page"), "ComparePage"),
              },
              {
                lazy: page(() => import("@/features/reviews/require-operator"), "RequireOperator"),
                children: [
                  {
                    path: "/operations/reviews",
                    lazy: page(() => import("@/features/reviews/reviews-page"), "ReviewsPage"),
                  },
                  {
                    path: "/operations/reviews/:reviewId",
                    lazy: page(() => import("@/features/reviews/review-case-page"), "ReviewCasePage"),
                  },
                ],
              },
              {
                path: "/settings",
                lazy: page(() => import("@/features/settings/settings-page"), "SettingsPage"),
              },
            ],
          },
          { path: "*", element: <NotFoundPage /> },
        ],
      },
    ],
  },
];

export function createAppRouter() {
  return createBrowserRouter(routes);
}

/** Fetch the code of the page at a path, so that a router made then draws it at once. */
export async function loadPage(pathname: string): Promise<void> {
  const matches = matchRoutes(routes, pathname) ?? [];
  await Promise.all(matches.map(({ route }) => loadRoute(route)));
}

async function loadRoute(route: RouteObject): Promise<void> {
  if (typeof route.lazy !== "function") return;
  try {
    Object.assign(route, await route.lazy(), { lazy: undefined });
  } catch {
    // The router tries again, and says so where that fails too.
  }
}

/** Load a page's code when somebody goes there. */
function page<Name extends string>(load: () => Promise<Record<Name, React.ComponentType>>, name: Name) {
  return async () => ({ Component: (await load())[name] });
}
