import { partOfCall } from "../../contract/duration.js";
import type { CallQueue, Leg } from "../../model/call-record.js";
import type { Agent } from "../../model/party.js";
import { readRecordings } from "./recordings.js";
import type { Cdr, Participant, SeatUser } from "./wire.js";

type Group = Pick<Agent, "groupId" | "groupName">;

/**
 * Returns the agent who served the call: the participant who answered first, else the agent in `SeatUser`, else the first participant, else the AI agent.
 */
export function readAgent(row: Cdr): Agent | null {
  const seat = namedSeat(row);
  const participants = row.ServeParticipants ?? [];
  const answered = firstToAccept(participants);
  if (answered !== null) return describeParticipant(answered, seat, groupOf(row, answered));
  if (seat !== null)
    return describeSeat(
      seat,
      groupOf(row, participants.find((participant) => isSamePerson(participant, seat)) ?? null),
    );
  const [first] = participants;
  if (first !== undefined) return describeParticipant(first, null, groupOf(row, first));
  return describeAi(row);
}

/** Returns one leg for each participant, in the vendor's order. */
export function readLegs(row: Cdr): Leg[] {
  const seat = namedSeat(row);
  return (row.ServeParticipants ?? []).map((participant) => ({
    role: "agent",
    number: participant.Phone,
    // Only this participant's own group: the group of the row may belong to another participant.
    agent: describeParticipant(participant, seat, ownGroup(participant)),
    startedAt: participant.StartTimestamp,
    ringingAt: participant.RingTimestamp,
    answeredAt: participant.AcceptTimestamp,
    endedAt: participant.EndedTimestamp,
    talkSeconds: partOfCall(row.startedAt, participant.AcceptTimestamp, participant.EndedTimestamp),
    transferredFrom: participant.TransferFrom,
    transferredTo: participant.TransferTo,
    recordings: readRecordings(participant, null),
  }));
}

/** `EndStatusString` of a participant who transferred the call. */
const TRANSFERRED = "seatForward";

/** Whether a participant transferred the call to another one; null where the row names no participant. */
export function readTransferred(row: Cdr): boolean | null {
  const participants = row.ServeParticipants ?? null;
  if (participants === null) return null;
  return participants.some(
    ({ TransferFrom, TransferTo, EndStatusString }) =>
      TransferFrom !== null || TransferTo !== null || EndStatusString === TRANSFERRED,
  );
}

/** Returns the skill group in whose queue the call waited; null where there was none. */
export function readQueue(row: Cdr): CallQueue | null {
  const id = present(row.QueuedSkillGroupId);
  return id === null && row.QueuedSkillGroupName === null ? null : { id, name: row.QueuedSkillGroupName };
}

function firstToAccept(participants: Participant[]): Participant | null {
  let first: { participant: Participant; at: number } | null = null;
  for (const participant of participants) {
    const at = participant.AcceptTimestamp?.getTime();
    if (at !== undefined && (first === null || at < first.at)) first = { participant, at };
  }
  return first?.participant ?? null;
}

/** Returns the agent in `SeatUser`; null when all of its fields are empty, as in a call that no agent served. */
function namedSeat(row: Cdr): SeatUser | null {
  const seat = row.SeatUser ?? null;
  return seat === null || Object.values(seat).every((value) => value === null) ? null : seat;
}

function describeSeat(seat: SeatUser, group: Group): Agent {
  return {
    id: seat.StaffNumber ?? seat.UserId,
    name: seat.Name ?? seat.Nick,
    email: seat.Mail,
    phone: seat.Phone,
    ...group,
  };
}

function describeParticipant(participant: Participant, seat: SeatUser | null, group: Group): Agent {
  const own = { id: null, name: null, email: participant.Mail, phone: participant.Phone, ...group };
  if (seat === null || !isSamePerson(participant, seat)) return own;
  return { ...describeSeat(seat, group), email: own.email ?? seat.Mail, phone: own.phone ?? seat.Phone };
}

function isSamePerson(participant: Participant, seat: SeatUser): boolean {
  return (
    (seat.Mail !== null && participant.Mail === seat.Mail) || (seat.Phone !== null && participant.Phone === seat.Phone)
  );
}

function describeAi(row: Cdr): Agent | null {
  const id = present(row.AIAgentId);
  if (id === null && row.AIAgentName === null) return null;
  return { id, name: row.AIAgentName, email: null, phone: null, ...groupOf(row, null) };
}

function ownGroup(participant: Participant): Group {
  return { groupId: present(participant.SkillGroupId), groupName: participant.SkillGroupName };
}

/** Returns the participant's group, else the group that served the call, else the group in whose queue the call waited. */
function groupOf(row: Cdr, participant: Participant | null): Group {
  const groups: Group[] = [
    ...(participant === null ? [] : [ownGroup(participant)]),
    { groupId: present(row.SkillGroupId), groupName: row.SkillGroup },
    { groupId: present(row.QueuedSkillGroupId), groupName: row.QueuedSkillGroupName },
  ];
  return (
    groups.find((group) => group.groupId !== null || group.groupName !== null) ?? { groupId: null, groupName: null }
  );
}

/** The vendor counts these ids from 1, so 0 means that there is none. */
function present(id: string | null): string | null {
  return id === "0" ? null : id;
}
