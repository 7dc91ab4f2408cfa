export type Strength = "empty" | "short" | "weak" | "fair" | "strong";

export const MIN_PASSWORD = 8;
export const MAX_PASSWORD = 128;

/** A hint only: length counts most, repeated characters count once. The server decides what it accepts. */
export function passwordStrength(password: string): Strength {
  const characters = Array.from(password);
  if (characters.length === 0) return "empty";
  if (characters.length < MIN_PASSWORD) return "short";
  const distinct = new Set(characters).size;
  const weight = Math.min(characters.length, distinct * 2);
  if (weight < 10) return "weak";
  return weight < 14 ? "fair" : "strong";
}
