/** A small tree of an XML text, by saxes. No entity beyond XML's own five, bounded depth and size. */
import { SaxesParser } from "saxes";
import { bad, shown } from "./problem.js";

export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly XmlElement[];
  readonly text: string;
}

interface Open {
  name: string;
  attributes: Record<string, string>;
  children: XmlElement[];
  text: string;
}

const DEEPEST = 64;
const MOST_ELEMENTS = 200_000;

/**
 * Parses a document.
 *
 * @throws IsinglassError ISG_COMPAT_DUMP with line and column where it is not well-formed
 */
export function parseXml(text: string, name: string): XmlElement {
  const root: Open = { name: "", attributes: {}, children: [], text: "" };
  const stack: Open[] = [root];
  const parser = new SaxesParser({ position: true });
  let count = 0;
  const at = (): string => `line ${parser.line}, column ${parser.column}`;
  parser.on("opentag", (tag) => {
    count += 1;
    if (stack.length > DEEPEST || count > MOST_ELEMENTS)
      throw bad(name, at(), "too many elements, or nested too deeply");
    const attributes: Record<string, string> = Object.create(null) as Record<string, string>;
    for (const [key, value] of Object.entries(tag.attributes)) attributes[key] = value;
    stack.push({ name: tag.name, attributes, children: [], text: "" });
  });
  parser.on("text", (piece) => {
    stack.at(-1)!.text += piece;
  });
  parser.on("closetag", () => {
    const done = stack.pop()!;
    stack.at(-1)!.children.push({ ...done, text: done.text.trim() });
  });
  parser.on("error", (problem) => {
    throw bad(name, at(), `not well-formed XML: ${shown(problem.message.replace(/^\d+:\d+: /, "")).slice(1, -1)}`);
  });
  parser.write(text).close();
  const [first] = root.children;
  if (first === undefined) throw bad(name, "", "no XML element in it");
  return first;
}

/** The elements of this name under `element`, itself included, in the order of the document. */
export function elementsNamed(element: XmlElement, name: string): XmlElement[] {
  const out: XmlElement[] = element.name === name ? [element] : [];
  for (const child of element.children) out.push(...elementsNamed(child, name));
  return out;
}

/** The first child of this name. */
export function childNamed(element: XmlElement, name: string): XmlElement | undefined {
  return element.children.find((child) => child.name === name);
}
