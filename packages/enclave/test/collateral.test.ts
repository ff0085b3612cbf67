import { describe, expect, it } from "vitest";
import { parseObject } from "../src/dcap/json.js";

describe("a time in collateral", () => {
  const time = (text: string): number => parseObject(JSON.stringify({ issueDate: text }), "tcb-info").time("issueDate");

  it.each(["2026-01-31T12:00:00Z", "2026-01-31T12:00:00.000Z"])("%s is read", (text) => {
    expect(time(text)).toBe(Date.UTC(2026, 0, 31, 12));
  });

  // Most of these are of the host's own time zone to Date.parse.
  it.each(["2026-01-31", "2026-01-31 12:00", "2026-01-31T12:00:00", "Jan 31 2026", "1", "2026-13-01T12:00:00Z"])(
    "%s is none",
    (text) => {
      expect(() => time(text)).toThrow(/tcb-info.issueDate is not a time of UTC such as 2026-01-31T12:00:00Z/);
    },
  );
});
