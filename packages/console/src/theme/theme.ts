import {
  Anchor,
  Badge,
  CloseButton,
  type CSSVariablesResolver,
  createTheme,
  type MantineThemeOverride,
} from "@mantine/core";

export const theme: MantineThemeOverride = createTheme({
  primaryColor: "teal",
  primaryShade: 9,
  autoContrast: true,
  respectReducedMotion: true,
  defaultRadius: "md",
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, sans-serif',
  fontFamilyMonospace: 'ui-monospace, "SF Mono", Menlo, Consolas, monospace',
  headings: { fontWeight: "650" },
  components: {
    // Colour alone tells nobody who does not see it that there is a link (WCAG 1.4.1).
    Anchor: Anchor.extend({ defaultProps: { underline: "always" } }),
    CloseButton: CloseButton.extend({
      defaultProps: { attributes: { root: { "aria-label": "Close" } } },
    }),
    Badge: Badge.extend({ defaultProps: { tt: "none", fw: 600 } }),
  },
});

/** Colours of texts that are too faint by themselves: each has 4.5 to 1 against what it stands on (WCAG 1.4.3). */
export const readableColours: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    "--mantine-color-dimmed": "#5a6169",
    "--mantine-color-placeholder": "#6b7280",
    "--mantine-color-error": "#c92a2a",
    "--mantine-color-anchor": "#077a57",
    "--mantine-color-teal-light-color": "#05664a",
    "--mantine-color-red-light-color": "#a61e1e",
    "--mantine-color-yellow-light-color": "#7a4b00",
    "--mantine-color-orange-light-color": "#8f3a00",
    "--mantine-color-green-light-color": "#1f6b2e",
    "--mantine-color-blue-light-color": "#14578f",
    "--mantine-color-gray-light-color": "#495057",
  },
  dark: {
    "--mantine-color-dimmed": "#a6a7ab",
    "--mantine-color-placeholder": "#909296",
    "--mantine-color-error": "#ff8787",
  },
});
