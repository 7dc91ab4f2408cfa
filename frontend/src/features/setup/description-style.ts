/** A choice's sentence, as readable as the page's other quiet text. */
export const descriptionStyle = {
  description: { fontSize: 14, color: "var(--mantine-color-dimmed)", marginTop: 4 },
};
