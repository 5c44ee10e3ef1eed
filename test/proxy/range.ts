/** A day on which the emulator of these tests has calls. The emulator's current time is noon on 20 November. */
export const RANGE = { from: new Date("2026-11-16T04:00:00Z"), to: new Date("2026-11-17T04:00:00Z") };
