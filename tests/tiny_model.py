"""Makes a real SentenceTransformer without downloading anything: one dimension a word, texts as their mean."""

from pathlib import Path

# The words it knows; all others are left out of a text.
WORDS = tuple("requête extrait maire commune association frein temps charte chiffres coopérative territoire".split())


def save_tiny_model(folder: Path, *, prompted: bool = True) -> Path:
    """
    Saves the model in `folder`, with a prompt of one known word for questions (requête) and one for documents
    (extrait), or with none.
    """
    import numpy as np
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Pooling, WordEmbeddings
    from sentence_transformers.sentence_transformer.modules.tokenizer import WhitespaceTokenizer

    tokenizer = WhitespaceTokenizer(vocab=WORDS, stop_words=[], do_lower_case=True)
    words = WordEmbeddings(tokenizer, np.eye(len(WORDS), dtype=np.float32))
    prompts = {"query": "requête ", "document": "extrait "} if prompted else None
    model = SentenceTransformer(modules=[words, Pooling(len(WORDS), "mean")], prompts=prompts, device="cpu")
    model.save(str(folder), create_model_card=False)
    return folder
