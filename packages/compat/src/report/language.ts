/** Words of the reports in English and Chinese. */
export type Language = "en" | "zh-CN";

export const LANGUAGES: readonly Language[] = ["en", "zh-CN"];

/** A text in both languages. */
export type Text = readonly [en: string, zh: string];

/** One of two languages' texts. */
export function say(language: Language, text: Text): string {
  return text[language === "en" ? 0 : 1];
}
