import "@testing-library/jest-dom/vitest";
import { cleanup, configure } from "@testing-library/react";
import { afterAll, afterEach, beforeAll } from "vitest";
import { chooseLanguage, loadTexts, nameLanguage, startI18n } from "@/i18n";
import { connectClient, resetSession } from "@/lib/session";
import { server } from "./server";

// A busy machine may take its time to draw a page.
configure({ asyncUtilTimeout: 10_000 });
nameLanguage();
await startI18n("ko");
await loadTexts("en");
connectClient();

// jsdom has none of these; the components ask for them when they mount.
window.matchMedia = (query) =>
  ({
    matches: false,
    media: query,
    addEventListener() {},
    removeEventListener() {},
  }) as unknown as MediaQueryList;
window.ResizeObserver = class {
  observe() {}
  unobserve() {}
  disconnect() {}
};
window.scrollTo = () => {};
Object.defineProperty(document, "fonts", { value: new EventTarget() });
Element.prototype.scrollIntoView = () => {};

beforeAll(() => server.listen({ onUnhandledRequest: "error" }));
afterEach(() => {
  cleanup();
  server.resetHandlers();
  resetSession();
  chooseLanguage("ko");
  localStorage.clear();
});
afterAll(() => server.close());
