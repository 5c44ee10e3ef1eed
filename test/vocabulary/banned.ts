/**
 * Words and constructions that this project does not use, each with the plain one to use instead. `allowed` lists the uses that are right: a call is
 * still answered, for example, but a vendor responds.
 */
export interface Rule {
  /** Matches the banned word or construction. */
  pattern: RegExp;
  /** What to write instead. */
  instead: string;
  /** Phrases in which the word is right. */
  allowed?: RegExp;
}

const calls =
  /\b(?:answer rate|speed of answer|average speed of answer|answer time|answer(?:s|ing)? (?:a|the|each|no|their|its|an inbound) calls?|did not answer|calls? (?:that )?(?:nobody|no agent|agents?) answers?|pick up|answer(?:s|ing)? machine)\b/gi;

/** Checked in comments, strings, test titles and documents. */
export const bannedInText: readonly Rule[] = [
  { pattern: /\banswer(?:s|ing)?\b/i, instead: "response, responds, returns", allowed: calls },
  { pattern: /\bverdicts?\b/i, instead: "classification" },
  { pattern: /\bjudg(?:e|es|ed|ing|e?ments?)\b/i, instead: "classify, classification" },
  { pattern: /\bfates?\b/i, instead: "result" },
  { pattern: /\binquir(?:y|ies)\b/i, instead: "operation request" },
  { pattern: /\bmilestones?\b/i, instead: "transport observer" },
  { pattern: /\bkeepers?\b/i, instead: "checkpoint session" },
  { pattern: /\bfrontiers?\b/i, instead: "watermark" },
  { pattern: /\buniverse\b/i, instead: "read ranges" },
  { pattern: /\bgrounds?\b/i, instead: "requested ranges" },
  { pattern: /\btall(?:y|ies)\b/i, instead: "usage counter" },
  { pattern: /\bworkplaces?\b/i, instead: "command context" },
  { pattern: /\b(?:doubtful|doubts?|doubted|stray)\b/i, instead: "unverified" },
  { pattern: /\b(?:proven|unproven)\b/i, instead: "verified, unverified" },
  { pattern: /\b(?:tells?|told|telling|untold)\b/i, instead: "states, reports, returns, shows, provides" },
  {
    pattern: /\bask(?:s|ed|ing)?\b/i,
    instead: "request, query, call",
    allowed: /\bask (?:the vendor|your vendor|Tencent|Huawei|Itniotech)\b|\bcaller (?:was|is) asked\b/gi,
  },
  { pattern: /\b(?:go|goes|going|went) on\b/i, instead: "continues, is active" },
  { pattern: /\blets? go\b/i, instead: "releases" },
  {
    pattern:
      /\b(?:for want of|so many|none the wiser|in spite of|all the same|for good|by itself|by themselves|in vain|by and by)\b/i,
    instead: "plain words, such as: because of, n, despite, anyway, permanently, alone",
  },
  {
    pattern: /\bof (?:ours|yours|theirs|its own|one's own|your own|their own|his own)\b/i,
    instead: "our, your, its own (before the noun)",
  },
  {
    // Only without a noun after it: "a page of the vendor's", but not "a part of the vendor's response".
    pattern:
      /\bof (?:a|an|the|this|that|each|every|another) \w+'s(?=\s*(?:[.,;:)]|$|(?:that|which|who|in|is|are|was|were|and|or|to|for|with|at|on|has|have)\b))/i,
    instead: "the possessive before the noun",
  },
];

/** Checked in the first words of a docstring: it begins with what the item is or does. */
export const bannedAtStart: readonly Rule[] = [
  {
    pattern: /^(?:What|Of|As|So|To|By|With|Where|Who|Whom|That)\b/,
    instead: "the noun or the verb that says what the item is or does",
  },
];

/**
 * Words that no declared name contains, in lower case, each with the standard one. A name is split into its words: `tokenAnswer` contains "answer". A call
 * is still answered, so `answeredAt` and `answerRate` are right.
 */
export const bannedInNames: ReadonlyMap<string, string> = new Map([
  ["answer", "response"],
  ["answers", "responses"],
  ["verdict", "classification"],
  ["verdicts", "classifications"],
  ["judge", "classify"],
  ["judged", "classified"],
  ["judges", "classifies"],
  ["judgement", "classification"],
  ["fate", "result"],
  ["inquiry", "operationRequest"],
  ["milestones", "transportObserver"],
  ["keeper", "checkpointSession"],
  ["frontier", "watermark"],
  ["universe", "readRanges"],
  ["tally", "usageCounter"],
  ["tallies", "usageCounters"],
  ["workplace", "commandContext"],
  ["concern", "errorContext"],
  ["ground", "requestedRanges"],
  ["doubtful", "unverified"],
  ["proven", "verified"],
  ["millisecond", "Ms"],
  ["milliseconds", "Ms"],
  ["millis", "Ms"],
]);

/** Phrases of a name in which a banned word is right. */
export const allowedInNames =
  /answer(?:Rate|Time|edAt|ed|ing)|(?:called|speedOf|averageSpeedOf|isNot|not|agent|user)Answer|UNIX_MILLISECONDS|unixMilliseconds/gi;

/** The longest sentence, in words. */
export const maxSentenceWords = 35;
