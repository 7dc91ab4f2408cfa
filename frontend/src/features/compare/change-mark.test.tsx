import { screen } from "@testing-library/react";
import { expect, it } from "vitest";
import { renderPage } from "@/testing/render-page";
import { ChangeMark } from "./change-mark";

it.each([
  [2.6, "+3점 (± 6)"],
  [-2.6, "−3점 (± 6)"],
  [-0.4, "0점 (± 6)"],
])("shows a difference of %s points as %s", async (points, shown) => {
  const difference = { points, uncertainty: 6, change: "within_uncertainty" as const };
  renderPage("/", [{ path: "/", element: <ChangeMark difference={difference} /> }]);
  expect(await screen.findByText(shown)).toBeVisible();
});
