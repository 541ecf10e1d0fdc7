"""What a study has shown where nothing says how sure it is: functions, and most metrics."""

from hpsearch.domain.ranking import best_trials
from hpsearch.domain.study import Study
from hpsearch.reporting.best import against_default, meaning
from hpsearch.reporting.conclusions import matter_sentence, next_sentence
from hpsearch.reporting.going_on import going_on_note
from hpsearch.reporting.metric_text import score_label
from hpsearch.reporting.text import configuration_text, score_form, score_text


def plain_conclusions(study: Study) -> list[str]:
    """The verdict on a study with a scored trial, the most important sentence first."""
    best, form = best_trials(study.trials, 1)[0], score_form(study)
    shown, how = best.score, ""
    if best.confirmed_score is not None:
        shown = best.confirmed_score
        how = f" (confirmed; the search itself showed {score_text(best.score, form)})"
    label, configuration = score_label(study), configuration_text(best.configuration)
    said = [
        f"Best: {configuration}: {label} {score_text(shown, form)}{how}.",
        meaning(study),
        against_default(study, best),
        matter_sentence(study),
        going_on_note(study),
        next_sentence(study),
    ]
    return [each for each in said if each]
