import { sql } from '@repo/schema/client';
import { useLiveQuery } from '@vibestack/client/react';

const openProjects = sql(`
  select p.id, p.name, p.color, count(t.id)::int as open
  from project p left join task t on t.project_id = p.id and t.status <> 'done'
  where not p.archived
  group by p.id order by p.name`);

interface ProjectsProps {
  readonly selected: string | null;
  readonly onSelect: (id: string | null) => void;
}

export function Projects({ selected, onSelect }: ProjectsProps) {
  const { rows } = useLiveQuery(openProjects);
  const item = (id: string | null, name: string, color: string, open: number) => (
    <li key={id ?? 'all'}>
      <button
        type="button"
        aria-current={selected === id}
        onClick={() => {
          onSelect(id);
        }}
      >
        <i style={{ background: color }} aria-hidden="true" />
        <span>{name}</span>
        <small>{open}</small>
      </button>
    </li>
  );
  return (
    <nav className="projects" aria-label="Projects">
      <ul data-testid="projects">
        {item(
          null,
          'All tasks',
          'currentColor',
          rows.reduce((sum, { open }) => sum + open, 0),
        )}
        {rows.map(({ id, name, color, open }) => item(id, name, color, open))}
      </ul>
    </nav>
  );
}
