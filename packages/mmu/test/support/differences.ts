/** Collects what differs in a long run; a few are enough to read. */
export class Differences {
  readonly list: unknown[] = [];
  count: number = 0;

  add(difference: unknown): void {
    this.count++;
    if (this.list.length < 5) this.list.push(difference);
  }
}
