import "i18next";
import type { Texts } from "./en";

type Paths<T> = {
  [Key in keyof T & string]: T[Key] extends string ? Key : `${Key}.${Paths<T[Key]>}`;
}[keyof T & string];

declare module "i18next" {
  interface CustomTypeOptions {
    // Each text by its whole path: walking the tree of texts for every call of `t` is more than the compiler does.
    resources: { translation: Record<Paths<Texts>, string> };
    keySeparator: false;
  }
}
