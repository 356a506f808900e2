import type {
  CommentInsert,
  MemberInsert,
  PersonInsert,
  ProjectInsert,
  TaskInsert,
} from '../../generated/server/index.ts';
import { Random } from './random.ts';
import {
  COLORS,
  FIRST_NAMES,
  LAST_NAMES,
  OBJECTS,
  PROJECT_ADJECTIVES,
  PROJECT_NOUNS,
  REASONS,
  REMARKS,
  SENTENCES,
  VERBS,
} from './words.ts';

export type Size = 'small' | 'medium' | 'large';

/** All rows together, about. */
export const ROWS: Readonly<Record<Size, number>> = { small: 1_000, medium: 30_000, large: 300_000 };

type Times = { readonly created_at: string; readonly updated_at: string };

export interface Dataset {
  readonly person: readonly (PersonInsert & Times)[];
  readonly project: readonly (ProjectInsert & Times)[];
  readonly member: readonly (MemberInsert & Times)[];
  readonly task: readonly (TaskInsert & Times)[];
  readonly comment: readonly (Omit<CommentInsert, 'project_id'> & { readonly project_id: string } & Times)[];
}

/** The moment at which the seeded world begins: data must not depend on today. */
const BEGIN = Date.UTC(2026, 0, 5, 8);
const DAY = 86_400_000;
const PEOPLE = 24;

/**
 * Makes the example's data: people, projects with members, tasks, comments. Deterministic. Ann and Bob are the first
 * two people; every third project has both, others have one of them or neither.
 */
export function makeDataset(size: Size): Dataset {
  const random = new Random(20260105);
  const person = people(random);
  const projects = { small: 6, medium: 24, large: 120 }[size];
  const project = Array.from({ length: projects }, (_, i) => makeProject(random, i));
  const member = project.flatMap((one, i) => makeMembers(random, one, i, person));
  const rest = ROWS[size] - person.length - project.length - member.length;
  const tasks = Math.floor(rest * 0.6);
  const task = Array.from({ length: tasks }, (_, i) => makeTask(random, i, project, member));
  const comment = Array.from({ length: rest - tasks }, () => makeComment(random, task, member));
  return { person, project, member, task, comment };
}

const stamp = (millis: number): Times => {
  const text = new Date(millis).toISOString();
  return { created_at: text, updated_at: text };
};

function people(random: Random): Dataset['person'] {
  return Array.from({ length: PEOPLE }, (_, i) => {
    const first = FIRST_NAMES[i % FIRST_NAMES.length] ?? 'Ann';
    const name = `${first} ${LAST_NAMES[i % LAST_NAMES.length] ?? ''}`;
    const at = BEGIN + i * 60_000;
    return {
      id: random.uuid(at),
      name,
      color: random.pick(COLORS),
      email: `${first.toLowerCase()}@example.test`,
      ...stamp(at),
    };
  });
}

function makeProject(random: Random, i: number): Dataset['project'][number] {
  const at = BEGIN + DAY + i * 3_600_000;
  const adjective = PROJECT_ADJECTIVES[i % PROJECT_ADJECTIVES.length] ?? '';
  const noun = PROJECT_NOUNS[(i + Math.floor(i / PROJECT_NOUNS.length)) % PROJECT_NOUNS.length] ?? '';
  const round = Math.floor(i / (PROJECT_ADJECTIVES.length * PROJECT_NOUNS.length));
  return {
    id: random.uuid(at),
    name: `${adjective} ${noun}${round > 0 ? ` ${round + 1}` : ''}`,
    description: random.chance(0.7) ? random.pick(SENTENCES) : null,
    color: COLORS[i % COLORS.length] ?? '#6366f1',
    archived: false,
    ...stamp(at),
  };
}

function makeMembers(
  random: Random,
  project: Dataset['project'][number],
  i: number,
  person: Dataset['person'],
): Dataset['member'] {
  const [ann, bob, ...others] = person;
  const first = [[ann, bob], [ann], [bob]][i % 3] ?? [];
  const team = new Set(first);
  for (let more = random.between(1, 4); more > 0; more--) team.add(random.pick(others));
  return [...team].flatMap((one, place) => {
    if (!one) return [];
    const at = BEGIN + 2 * DAY + i * 3_600_000 + place * 60_000;
    const role = place === 0 ? 'owner' : random.pick(['editor', 'editor', 'viewer']);
    // Whoever plays Bob wants to write: in shared projects he is an editor.
    const played = one === bob && place > 0 ? 'editor' : role;
    return [
      {
        id: random.uuid(at),
        project_id: project.id,
        user_id: one.id,
        role: played,
        display_name: one.name,
        ...stamp(at),
      },
    ];
  });
}

function makeTask(
  random: Random,
  i: number,
  project: Dataset['project'],
  member: Dataset['member'],
): Dataset['task'][number] {
  const { id: project_id } = random.pick(project);
  const at = BEGIN + 7 * DAY + Math.floor(random.next() * 200 * DAY);
  const team = teamOf(member, project_id);
  return {
    id: random.uuid(at),
    project_id,
    title: `${random.pick(VERBS)} ${random.pick(OBJECTS)}${random.chance(0.5) ? ` ${random.pick(REASONS)}` : ''}`,
    body: random.chance(0.4) ? `${random.pick(SENTENCES)} ${random.pick(SENTENCES)}` : null,
    status: random.pick(['todo', 'todo', 'doing', 'done', 'done']),
    priority: random.pick([0, 0, 1, 1, 2, 3]),
    assignee_id: random.chance(0.7) ? random.pick(team).user_id : null,
    due_on: random.chance(0.3) ? new Date(at + random.between(1, 40) * DAY).toISOString().slice(0, 10) : null,
    position: i,
    cost: random.chance(0.2) ? `${random.between(10, 5000)}.${random.between(10, 99)}` : null,
    ...stamp(at),
  };
}

function makeComment(random: Random, task: Dataset['task'], member: Dataset['member']): Dataset['comment'][number] {
  const about = random.pick(task);
  const at = Date.parse(about.created_at) + random.between(60_000, 20 * DAY);
  return {
    id: random.uuid(at),
    task_id: about.id,
    project_id: about.project_id,
    author_id: random.pick(teamOf(member, about.project_id)).user_id,
    body: random.chance(0.3) ? `${random.pick(REMARKS)} ${random.pick(REMARKS)}` : random.pick(REMARKS),
    ...stamp(at),
  };
}

const teams = new WeakMap<Dataset['member'], Map<string, Dataset['member'][number][]>>();

function teamOf(member: Dataset['member'], projectId: string): readonly Dataset['member'][number][] {
  let byProject = teams.get(member);
  if (!byProject) {
    byProject = new Map();
    for (const one of member) byProject.set(one.project_id, [...(byProject.get(one.project_id) ?? []), one]);
    teams.set(member, byProject);
  }
  return byProject.get(projectId) ?? [];
}
