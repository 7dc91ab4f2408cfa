export type Part = { text: string; isMarked: boolean };

/** Cut a text at the first place that holds some words, however their spaces are set; null when it does not. */
export function cutAtWords(text: string, words: string): Part[] | null {
  const letters = words.replace(/\s+/g, "");
  if (!letters) return null;
  const pattern = Array.from(letters, escapeLetter).join("\\s*");
  const match = new RegExp(pattern, "u").exec(text);
  if (!match) return null;
  return [
    { text: text.slice(0, match.index), isMarked: false },
    { text: match[0], isMarked: true },
    { text: text.slice(match.index + match[0].length), isMarked: false },
  ];
}

function escapeLetter(letter: string): string {
  return letter.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
}
