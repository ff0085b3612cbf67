/** Words of the reports in English and Chinese. */
export type Language = "en" | "zh-CN";

export const LANGUAGES: readonly Language[] = ["en", "zh-CN"];

/** A text in both languages. */
export type Text = readonly [en: string, zh: string];

/** One of two languages' texts. */
export function say(language: Language, text: Text): string {
  return text[language === "en" ? 0 : 1];
}

/** Patterns of a text in English and what stands for them in Chinese; longer ones first. */
export type Words = readonly (readonly [en: RegExp, zh: string])[];

/** Puts a text that is made of known words into Chinese; what has no word stays. */
export function replaceWords(words: Words, text: string): string {
  let out = text;
  for (const [en, zh] of words) out = out.replace(en, zh);
  return out;
}
