import { type CSSVariablesResolver, createTheme, type MantineColorsTuple } from "@mantine/core";

/** The one accent, a quiet blue-green. Shade 7 carries white text at 5.7:1 in both schemes. */
const tide: MantineColorsTuple = [
  "#eef7f8",
  "#dceef0",
  "#b9dce0",
  "#93c9cf",
  "#74b9c1",
  "#5aa7b1",
  "#33818d",
  "#1d6f7c",
  "#175a65",
  "#11454d",
];

/** Neutral greys for the dark scheme with a trace of the accent. */
const dark: MantineColorsTuple = [
  "#e6e9ea",
  "#c9cfd1",
  "#a9b1b4",
  "#7c868a",
  "#3b4448",
  "#2c3437",
  "#20272a",
  "#14191b",
  "#0f1315",
  "#0a0d0e",
];

export const theme = createTheme({
  colors: { tide, dark },
  primaryColor: "tide",
  primaryShade: 7,
  fontFamily:
    '"Pretendard Variable", Pretendard, -apple-system, BlinkMacSystemFont, "Segoe UI", "Stand-in", sans-serif',
  headings: { fontWeight: "650" },
  defaultRadius: "md",
  cursorType: "pointer",
  respectReducedMotion: true,
  components: {
    ModalRoot: { defaultProps: { transitionProps: { duration: 120 } } },
    // Inside the landmark of its button, and the first choice has the focus: nothing else may be in a menu.
    Menu: { defaultProps: { withinPortal: false, withInitialFocusPlaceholder: false } },
    Button: { defaultProps: { radius: "md" } },
    Alert: { defaultProps: { radius: "md" } },
    Loader: { defaultProps: { type: "dots" } },
  },
});

/** Mantine's quiet text colours miss 4.5:1 on our surfaces; these do not. */
export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    "--mantine-color-body": "#fbfcfc",
    "--mantine-color-text": "#1b2326",
    "--mantine-color-dimmed": "#59656a",
    "--mantine-color-placeholder": "#667277",
    "--mantine-color-error": "#b42323",
    "--mantine-color-default-border": "#cfd7d9",
    "--mantine-color-anchor": "#1d6f7c",
    "--mantine-color-tide-light": "#e4f1f3",
    "--mantine-color-tide-light-color": "#175a65",
    "--mantine-color-gray-light-color": "#454f53",
    "--mantine-color-red-light-color": "#a01f1f",
    "--mantine-color-yellow-light": "#fdf3d7",
    "--mantine-color-yellow-light-color": "#6d4c00",
    "--mantine-color-red-outline": "#b42323",
  },
  dark: {
    "--mantine-color-body": "#14191b",
    "--mantine-color-text": "#e6e9ea",
    "--mantine-color-dimmed": "#a9b1b4",
    "--mantine-color-placeholder": "#98a2a5",
    "--mantine-color-error": "#ff9d97",
    "--mantine-color-default-border": "#3b4448",
    "--mantine-color-anchor": "#74b9c1",
    "--mantine-color-tide-light": "#173338",
    "--mantine-color-tide-light-color": "#93c9cf",
    "--mantine-color-gray-light": "#2a3336",
    "--mantine-color-gray-light-color": "#c9cfd1",
    "--mantine-color-red-light": "#3a2020",
    "--mantine-color-red-light-color": "#ffb3ad",
    "--mantine-color-yellow-light": "#352c14",
    "--mantine-color-yellow-light-color": "#f0d38a",
    "--mantine-color-red-outline": "#ff9d97",
  },
});
