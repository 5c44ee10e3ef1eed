import type { Partition } from "../../contract/provider.js";
import type { ListCheckpoint } from "../../engine/checkpoints/checkpoint.js";
import { Intervals } from "../../engine/lists/intervals.js";
import { type ListState, restoreList, saveList, unreadList } from "./list-state.js";

/** The lists of one account, by partition. */
export class ListStates {
  private readonly byId = new Map<string, ListState>();

  constructor(saved: readonly ListCheckpoint[]) {
    for (const one of saved) {
      const list = restoreList(one, this.byId.size);
      this.byId.set(listIdOf(list.partition), list);
    }
  }

  /** Returns a copy. Changes of the copy do not affect the original. */
  fork(): ListStates {
    const fork = new ListStates([]);
    for (const [id, list] of this.byId) fork.byId.set(id, { ...list });
    return fork;
  }

  get all(): ListState[] {
    return [...this.byId.values()];
  }

  save(): ListCheckpoint[] {
    return this.all.map(saveList);
  }

  /** Returns the list of a partition, which need not have been read before. */
  of(partition: Partition): ListState {
    const id = listIdOf(partition);
    const list = this.byId.get(id) ?? unreadList(partition, this.byId.size);
    this.byId.set(id, list);
    return list;
  }

  /** Returns the place of a list. Null when it is the only list of its application. */
  placeAmongSeveral(partition: Partition): number | null {
    const { place } = this.of(partition);
    const own = this.all.filter((list) => list.partition.application === partition.application);
    return own.length === 1 ? null : place;
  }

  /** Returns the intervals that the lists of all these partitions share. */
  shared(partitions: readonly Partition[], intervalsOf: (list: ListState) => Intervals, within: Intervals): Intervals {
    return partitions
      .map((partition) => intervalsOf(this.of(partition)))
      .reduce((common, intervals) => common.intersect(intervals), within);
  }

  /** Returns the intervals that are lost in at least one of these partitions. */
  lostIn(partitions: readonly Partition[]): Intervals {
    return partitions
      .map((partition) => this.of(partition).lost)
      .reduce((all, lost) => all.union(lost), Intervals.empty);
  }
}

/** Returns one text per partition. */
function listIdOf({ application, parameters }: Partition): string {
  return JSON.stringify([application, Object.entries(parameters).sort(([a], [b]) => (a < b ? -1 : 1))]);
}
