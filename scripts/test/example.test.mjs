import { describe, expect, it } from "vitest";
import { exampleOf, programsOf } from "../lib/example.mjs";

const fence = "```";

describe("exampleOf", () => {
  it("takes the first block of code under the heading, not one before it", () => {
    const text = `# x\n${fence}ts\nno\n${fence}\n## Example\nSay:\n${fence}sh\nnpm i\n${fence}\n${fence}ts\na();\n\nb();\n${fence}\n${fence}ts\nno\n${fence}\n`;
    expect(exampleOf(text)).toBe("a();\n\nb();\n");
  });

  it("does not run into the next section", () => {
    expect(exampleOf(`## Example\n## Limits\n${fence}ts\nno\n${fence}\n`)).toBeUndefined();
  });

  it("finds none where there is no such heading", () => {
    expect(exampleOf(`## Usage\n${fence}ts\nno\n${fence}\n`)).toBeUndefined();
  });
});

describe("programsOf", () => {
  it("takes each block that imports something, and no fragments or shell commands", () => {
    const text = `${fence}ts\nimport "a";\na();\n${fence}\n${fence}ts\na();\n${fence}\n${fence}sh\nimport x\n${fence}\n${fence}js\nimport "b";\n${fence}\n`;
    expect(programsOf(text)).toEqual(['import "a";\na();\n', 'import "b";\n']);
  });
});
