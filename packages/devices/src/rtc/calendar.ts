/** A date and time of the proleptic Gregorian calendar, reused rather than allocated. */
export interface Civil {
  year: number;
  /** 1 to 12. */
  month: number;
  /** 1 to 31. */
  day: number;
  hour: number;
  minute: number;
  second: number;
  /** 1 is Sunday, as in the RTC's register 6. */
  weekday: number;
}

const DAYS_PER_ERA = 146_097;
/** Days from 0000-03-01, where the eras begin, to 1970-01-01. */
const EPOCH_DAY = 719_468;

/** Seconds since 1970-01-01 00:00 to fields. Months are counted from March, so that the leap day is the last of its year. */
export function toCivil(seconds: number, into: Civil): void {
  const days = Math.floor(seconds / 86_400);
  const rest = seconds - days * 86_400;
  into.hour = Math.floor(rest / 3600);
  into.minute = Math.floor(rest / 60) % 60;
  into.second = rest % 60;
  // 1970-01-01 was a Thursday, the fifth day of the week.
  into.weekday = ((((days + 4) % 7) + 7) % 7) + 1;
  const shifted = days + EPOCH_DAY;
  const era = Math.floor(shifted / DAYS_PER_ERA);
  const dayOfEra = shifted - era * DAYS_PER_ERA;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const marchMonth = Math.floor((5 * dayOfYear + 2) / 153);
  into.day = dayOfYear - Math.floor((153 * marchMonth + 2) / 5) + 1;
  into.month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9;
  into.year = yearOfEra + era * 400 + (into.month <= 2 ? 1 : 0);
}

/** Fields to seconds since 1970-01-01 00:00. Fields out of their range carry over, so that whatever a guest wrote is some date. */
export function fromCivil(c: Civil): number {
  const carried = c.year + Math.floor((c.month - 1) / 12);
  const month = ((((c.month - 1) % 12) + 12) % 12) + 1;
  const year = month <= 2 ? carried - 1 : carried;
  const era = Math.floor(year / 400);
  const yearOfEra = year - era * 400;
  const marchMonth = month > 2 ? month - 3 : month + 9;
  const dayOfYear = Math.floor((153 * marchMonth + 2) / 5) + c.day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  const days = era * DAYS_PER_ERA + dayOfEra - EPOCH_DAY;
  return days * 86_400 + c.hour * 3600 + c.minute * 60 + c.second;
}

/**
 * Seconds from second-of-day `from` to the next one, later than `from`, at which hour, minute and second match; -1 means "any".
 * Returns -1 where no second of a day matches.
 */
export function secondsToAlarm(from: number, hour: number, minute: number, second: number): number {
  if (hour > 23 || minute > 59 || second > 59) return -1;
  let t = from + 1;
  // Skips whole hours, then whole minutes: at most some 150 steps.
  while (t <= from + 86_400) {
    const inDay = t % 86_400;
    if (hour >= 0 && Math.floor(inDay / 3600) !== hour) t += 3600 - (inDay % 3600);
    else if (minute >= 0 && Math.floor(inDay / 60) % 60 !== minute) t += 60 - (inDay % 60);
    else if (second >= 0 && inDay % 60 !== second) t++;
    else return t - from;
  }
  return -1;
}
