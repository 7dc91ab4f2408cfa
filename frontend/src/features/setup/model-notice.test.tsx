import { screen } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { chooseLanguage, LANGUAGES } from "@/i18n";
import { en } from "@/i18n/en";
import { ko } from "@/i18n/ko";
import { renderPage } from "@/testing/render-page";
import { systemStatus } from "@/testing/server";
import { ModelNotice } from "./model-notice";

const texts = { ko, en };
const states = ["ready", "not_loaded"] as const;

function show(status: Partial<typeof systemStatus>) {
  renderPage("/", [{ path: "/", element: <ModelNotice status={{ ...systemStatus, ...status }} /> }]);
  return screen.findByRole("note");
}

describe("who asks and judges", () => {
  for (const language of LANGUAGES) {
    const { remote } = texts[language].setup.model;

    it.each(states)(`says that texts go to a provider elsewhere (${language}, %s)`, async (model_state) => {
      chooseLanguage(language);
      expect(await show({ model_state, model_name: "m-1", model_location: "remote" })).toHaveTextContent(
        remote,
      );
    });

    it.each(states)(`does not say so of a model on this machine (${language}, %s)`, async (model_state) => {
      chooseLanguage(language);
      expect(await show({ model_state, model_location: "local" })).not.toHaveTextContent(remote);
    });
  }
});
