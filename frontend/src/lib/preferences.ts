/** Whether this browser has fetched our letters before. */
export const LETTERS_KEY = "letters";
export const LETTERS_HERE = "here";

/** A value kept in this browser, or the fallback where storage is empty or forbidden. */
export function readPreference<T extends string>(key: string, allowed: readonly T[]): T | null {
  try {
    const stored = localStorage.getItem(key);
    return allowed.find((value) => value === stored) ?? null;
  } catch {
    return null;
  }
}

export function savePreference(key: string, value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch {
    // The choice still holds until the page is closed.
  }
}
