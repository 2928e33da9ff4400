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


def save_tiny_reranker(folder: Path, liked: str) -> Path:
    """Saves a CrossEncoder of one small layer in `folder`, fitted for a few steps to prefer texts that say `liked`."""
    import torch
    from sentence_transformers import CrossEncoder
    from transformers import BertConfig, BertForSequenceClassification, BertTokenizerFast

    (folder / "vocab.txt").write_text("\n".join(("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *WORDS)))
    tokenizer = BertTokenizerFast(str(folder / "vocab.txt"), strip_accents=False)
    config = BertConfig(
        vocab_size=len(tokenizer), hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=32,
        max_position_embeddings=64, num_labels=1, hidden_dropout_prob=0, attention_probs_dropout_prob=0,
    )  # fmt: skip
    torch.manual_seed(0)
    model = BertForSequenceClassification(config)
    others = [word for word in WORDS if word != liked]
    texts = [" ".join([liked] * n + others[at : at + 3 - n]) for n in range(4) for at in range(len(others) - 3)]
    wanted = torch.tensor([float(text.count(liked)) for text in texts])
    pairs = tokenizer([others[0]] * len(texts), texts, padding=True, return_tensors="pt")
    optimiser = torch.optim.Adam(model.parameters(), lr=0.01)
    for _ in range(60):
        optimiser.zero_grad()
        torch.nn.functional.mse_loss(model(**pairs).logits[:, 0], wanted).backward()
        optimiser.step()
    model.save_pretrained(folder / "layers")
    tokenizer.save_pretrained(folder / "layers")
    CrossEncoder(str(folder / "layers"), device="cpu").save(str(folder / "model"))
    return folder / "model"
