"""The five questions an evaluation begins with; who leads a laboratory may write others."""

from portal.laboratories.states import QuestionKind

# As letters of the municipality: words of the city, kept in the database, in its own language.
FIRST_QUESTIONS: tuple[tuple[QuestionKind, str], ...] = (
    (QuestionKind.MARK, "Quanto è servito questo accordo al quartiere?"),
    (QuestionKind.MARK, "Quanto hanno mantenuto gli impegni le parti, Comune compreso?"),
    (QuestionKind.MARK, "Quanto è stato facile partecipare e farsi ascoltare?"),
    (QuestionKind.TEXT, "Che cosa ha funzionato meglio?"),
    (QuestionKind.TEXT, "Che cosa cambieresti, o porteresti nel prossimo accordo?"),
)
