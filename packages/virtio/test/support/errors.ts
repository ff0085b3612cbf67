import { IsinglassError } from "@isinglass/interface";
import { expect } from "vitest";

/** Runs `action` and returns the IsinglassError that it throws; fails where it throws nothing or something else. */
export function thrown(action: () => unknown): IsinglassError {
  try {
    action();
  } catch (error) {
    expect(error).toBeInstanceOf(IsinglassError);
    return error as IsinglassError;
  }
  throw new Error("nothing was thrown");
}
