import { describe, expect, it } from "vitest";
import { IsinglassError } from "../src/index.js";

describe("IsinglassError", () => {
  it("carries a code, a message and data beside it", () => {
    const error = new IsinglassError("ISG_BOOT_BAD_MAGIC", "linux: no magic at 0x202", { offset: 0x202, name: "a" });
    expect(error).toBeInstanceOf(Error);
    expect(error.name).toBe("IsinglassError");
    expect(error.code).toBe("ISG_BOOT_BAD_MAGIC");
    expect(error.data).toEqual({ offset: 0x202, name: "a" });
    expect(String(error)).toBe("IsinglassError: linux: no magic at 0x202");
  });

  it("has empty data unless told, and keeps the error that it was made from", () => {
    const cause = new RangeError("out of range");
    const error = new IsinglassError("ISG_X", "x", undefined, { cause });
    expect(error.data).toEqual({});
    expect(error.cause).toBe(cause);
  });

  it("has a stack that begins where it was made", () => {
    const thrower = (): never => {
      throw new IsinglassError("ISG_X", "x");
    };
    expect(thrower).toThrow(expect.objectContaining({ code: "ISG_X", stack: expect.stringContaining("thrower") }));
  });
});
