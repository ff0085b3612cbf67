import { describe, expect, it } from "vitest";
import { parsePolicy } from "../src/index.js";
import { checkPolicyForm } from "../src/policy.js";

describe("policies", () => {
  it.each([
    ["{", /not JSON/],
    ["[]", /not an object/],
    ['{"measurment": []}', /measurment is not known; there are allowDebug/],
    ['{"measurements": "ab"}', /measurements cannot be "ab"/],
    ['{"minimumTcb": {"spl": 1}}', /minimumTcb cannot be/],
    // JSON takes the last of two: a wish that nobody looks at.
    ['{"measurements": ["ab"], "measurements": ["cd"]}', /each member may come once \(.*"measurements"\)/],
    ['{"allowDebug": false, "\\u0061llowDebug": true}', /each member may come once \(.*"allowDebug"\)/],
    ['{"pcrs": {"0": "ab", "0": "cd"}}', /each member may come once \(.*"0"\)/],
    ['{"tcbStates": ["\u00e9\ud83d\ude00"], "tcbStates": []}', /each member may come once/],
  ])("%s is refused with a clear line", (text, message) => {
    expect(() => parsePolicy(text)).toThrow(message);
  });

  it("of lists in lists, or of names of a megabyte, are refused with a short line", () => {
    for (const text of [
      `{"reportData": ${"[".repeat(2 ** 18)}${"]".repeat(2 ** 18)}}`,
      `{"${"x".repeat(2 ** 19)}": 1}`,
    ]) {
      const refusal = (): unknown => parsePolicy(text);
      expect(refusal).toThrow(/^policy: .{1,400}$/);
      expect(refusal).toThrow(expect.objectContaining({ code: "ISG_ENCLAVE_BAD_POLICY" }) as Error);
    }
    const round: unknown[] = [];
    round.push(round);
    expect(() => checkPolicyForm({ reportData: round })).toThrow(/reportData cannot be/);
  });

  it("are read with any letters", () => {
    const policy = {
      tcbStates: ["UpToDate", "\u00e9", "\ud83d\ude00", '"\\'],
      pcrs: { 0: "ab", 8: "cd" },
      maximumAge: 60,
    };
    expect(parsePolicy(JSON.stringify(policy))).toEqual(policy);
  });
});
