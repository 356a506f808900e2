import { TaskSql } from '@repo/schema/client';
import { useWrite } from '@vibestack/client/react';
import { memo } from 'react';
import { EditableText } from './editable-text.tsx';
import type { TaskListItem } from './tasks.tsx';

const NEXT: Readonly<Record<string, string>> = { todo: 'doing', doing: 'done', done: 'todo' };
const STATUS: Readonly<Record<string, string>> = { todo: 'To do', doing: 'In progress', done: 'Done' };
const PRIORITY = ['', 'Low', 'Medium', 'High'] as const;

interface TaskItemProps {
  readonly task: TaskListItem;
  readonly selected: boolean;
  readonly showProject: boolean;
  readonly onSelect: (id: string) => void;
}

/** Rows keep their identity while they do not change, so only changed ones render again. */
export const TaskItem = memo(function TaskItem({ task, selected, showProject, onSelect }: TaskItemProps) {
  const write = useWrite();
  const { id, title, status, priority } = task;
  return (
    <li className="task" data-status={status} data-selected={selected} data-id={id}>
      <button
        type="button"
        className="status"
        aria-label={`${STATUS[status] ?? status}. Change`}
        title={STATUS[status] ?? status}
        onClick={() => {
          void write(TaskSql.patch({ id }, { status: NEXT[status] ?? 'todo' }));
        }}
      />
      <EditableText
        value={title}
        label="Title"
        maxLength={500}
        onSave={(next) => {
          void write(TaskSql.patch({ id }, { title: next }));
        }}
      />
      {showProject && (
        <span className="tag" style={{ color: task.color }}>
          {task.project}
        </span>
      )}
      <button
        type="button"
        className="priority"
        data-priority={priority}
        title="Change the priority"
        onClick={() => {
          void write(TaskSql.patch({ id }, { priority: (priority + 1) % 4 }));
        }}
      >
        {PRIORITY[priority] === '' ? '–' : PRIORITY[priority]}
      </button>
      <span className="assignee">{task.assignee}</span>
      <button
        type="button"
        className="open"
        aria-label={`Open ${title}`}
        onClick={() => {
          onSelect(id);
        }}
      >
        ›
      </button>
    </li>
  );
});
