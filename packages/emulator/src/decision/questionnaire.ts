import { questionnaire } from '../personas/questionnaire.ts'
import { type Block, checkOf, type Subject } from './check.ts'

/** Returns the block of the questions with their answers. */
export function questionnaireResponse(subject: Subject): Block {
  const check = checkOf(subject, 'QUESTIONNAIRE')
  const { answers } = subject.run
  return {
    node_id: check.nodeId,
    questionnaire_id: questionnaire.questionnaireId,
    title: questionnaire.title,
    description: questionnaire.description,
    languages: ['en'],
    default_language: 'en',
    is_active: true,
    is_simple_questionnaire: true,
    questionnaire_group_id: null,
    version: 1,
    published_at: null,
    sections: [
      {
        title: null,
        description: null,
        items: questionnaire.questions.map(
          ({ uuid, value, type, title, description, isRequired, choices, sample }) => ({
            uuid,
            value,
            element_type: type,
            is_required: isRequired,
            title,
            description,
            placeholder: null,
            choices: choices?.map((choice) => ({ ...choice, requires_text_input: false })) ?? null,
            max_files: null,
            answer: { value: answers === undefined ? sample : (answers[value] ?? '') },
            required_if: null,
            repeatable_config: null,
          }),
        ),
      },
    ],
    status: check.status,
  }
}
