"""Twenty small models as users write them, the originals of the ports in tf_nn/testing/pairs.py.

Four ports are right; sixteen have one mistake each, which the comment of `pairNN` names for the
reader. Nothing that runs tells it: layers have the names that a user would give them, others in
the two. `brain/testing/pairs.py` says what each pair takes and what must be found. At the foot are
models that cannot be compared.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import Any

import torch
import torch.nn.functional as F  # noqa: N812  # as users write it
from torch import Tensor, nn


def pair01() -> nn.Module:
    # BatchNorm's eps: 1e-5 here, Keras's default 1e-3 there.
    return nn.Sequential(
        nn.Conv2d(3, 6, kernel_size=3, padding=1),
        nn.BatchNorm2d(6),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(6 * 4 * 3, 10),
    )


class Forecaster(nn.Module):
    def __init__(self, features: int = 5, hidden: int = 8) -> None:
        super().__init__()
        self.rnn1 = nn.GRU(features, hidden, batch_first=True)
        self.rnn2 = nn.GRU(hidden, hidden, batch_first=True)
        self.rnn3 = nn.GRU(hidden, 6, batch_first=True)
        self.fc = nn.Linear(6, 2)

    def forward(self, x: Tensor) -> Tensor:
        out, _ = self.rnn1(x)
        out, _ = self.rnn2(out)
        out, _ = self.rnn3(out)
        return self.fc(out[:, -1, :])


def pair02() -> nn.Module:
    # The last step here, the mean over time there.
    return Forecaster()


class SmallNet(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(3, 8, 3, padding=1)
        self.conv2 = nn.Conv2d(8, 12, 3, stride=2, padding=1)
        self.fc1 = nn.Linear(12 * 4 * 3, 16)
        self.fc2 = nn.Linear(16, 5)

    def forward(self, x: Tensor) -> Tensor:
        x = F.relu(self.conv1(x))
        x = F.relu(self.conv2(x))
        x = x.view(x.size(0), -1)
        return self.fc2(F.relu(self.fc1(x)))


def pair03() -> nn.Module:
    # Stride 2: padding=1 here, "same" there, which pads an even size at the far end alone.
    return SmallNet()


class TwoPools(nn.Module):
    def __init__(self, classes: int = 4) -> None:
        super().__init__()
        self.stem = nn.Conv2d(2, 6, 3, stride=2, padding=1)
        self.squeeze = nn.Conv2d(6, 4, 1)
        self.mp = nn.MaxPool2d(2)
        self.ap = nn.AvgPool2d(2)
        self.fc1 = nn.Linear(8 * 2 * 3, 12)
        self.fc2 = nn.Linear(12, classes)

    def forward(self, x: Tensor) -> Tensor:
        x = F.relu(self.stem(x), inplace=True)
        x = torch.tanh(self.squeeze(x))
        x = torch.cat([self.mp(x), self.ap(x)], dim=1)
        x = torch.flatten(x, 1)
        x = F.relu(self.fc1(x))
        return self.fc2(x)


def pair04() -> nn.Module:
    # Equal: padding=1 with stride 2 against ZeroPadding2D, torch.cat, two orders of Flatten.
    return TwoPools()


def pair05() -> nn.Module:
    # LeakyReLU's slope: 0.01 here, Keras's default 0.3 there.
    return nn.Sequential(
        nn.Linear(10, 16),
        nn.LeakyReLU(),
        nn.Linear(16, 12),
        nn.LeakyReLU(),
        nn.Linear(12, 3),
    )


class TextGRU(nn.Module):
    def __init__(self, vocab_size: int = 20, classes: int = 3) -> None:
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, 6)
        self.gru = nn.GRU(6, 8, batch_first=True)
        self.linear = nn.Linear(8, classes)

    def forward(self, ids: Tensor) -> Tensor:
        _, h = self.gru(self.embedding(ids))
        return self.linear(h[-1])


def pair06() -> nn.Module:
    # The reset gate after the product here, before it there (reset_after=False).
    return TextGRU()


class Regressor(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.fc1 = nn.Linear(7, 16)
        self.fc2 = nn.Linear(16, 16)
        self.fc3 = nn.Linear(16, 8)
        self.out = nn.Linear(8, 1)
        self.drop = nn.Dropout(0.25)

    def forward(self, x: Tensor) -> Tensor:
        x = self.drop(F.relu(self.fc1(x)))
        x = self.drop(F.relu(self.fc2(x)))
        x = torch.tanh(self.fc3(x))
        return self.out(x)


def pair07() -> nn.Module:
    # The second ReLU is forgotten there.
    return Regressor()


class ConvBN(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(1, 6, 3, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(6)
        self.conv2 = nn.Conv2d(6, 8, 3)
        self.fc = nn.Linear(8, 4)

    def forward(self, x: Tensor) -> Tensor:
        x = self.bn1(F.relu(self.conv1(x)))
        x = F.relu(self.conv2(x))
        x = x.mean(dim=(2, 3))
        return self.fc(x)


def pair08() -> nn.Module:
    # ReLU before BatchNorm here, after it there.
    return ConvBN()


class SentimentLSTM(nn.Module):
    def __init__(self, vocab_size: int = 25, dim: int = 6, hidden: int = 7) -> None:
        super().__init__()
        self.emb = nn.Embedding(vocab_size, dim)
        self.lstm = nn.LSTM(dim, hidden, num_layers=2, batch_first=True, dropout=0.2)
        self.dropout = nn.Dropout(0.5)
        self.fc = nn.Linear(hidden, 2)

    def forward(self, ids: Tensor) -> Tensor:
        _, (h, _) = self.lstm(self.emb(ids))
        return self.fc(self.dropout(h[-1]))


def pair09() -> nn.Module:
    # Equal: h[-1] of two stacked layers against return_sequences=False, two biases against one.
    return SentimentLSTM()


class LeNetLike(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(1, 4, 3, padding=1),
            nn.ReLU(inplace=True),
            nn.AvgPool2d(3, stride=2, padding=1),
            nn.Conv2d(4, 6, 3),
            nn.ReLU(inplace=True),
        )
        self.classifier = nn.Sequential(nn.Flatten(), nn.Linear(6 * 3 * 2, 5))

    def forward(self, x: Tensor) -> Tensor:
        return self.classifier(self.features(x))


def pair10() -> nn.Module:
    # Average pooling: padded cells are counted here, and not there.
    return LeNetLike()


class BagOfWords(nn.Module):
    def __init__(self, vocab_size: int = 30, classes: int = 4) -> None:
        super().__init__()
        self.embed = nn.Embedding(vocab_size, 8)
        self.hidden = nn.Linear(8, 12)
        self.logits = nn.Linear(12, classes)

    def forward(self, ids: Tensor) -> Tensor:
        x = self.embed(ids).mean(dim=1)
        return self.logits(F.relu(self.hidden(x)))


def pair11() -> nn.Module:
    # Scores here, a softmax of them there.
    return BagOfWords()


class Seq2Value(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.encoder = nn.LSTM(4, 8, batch_first=True)
        self.decoder = nn.LSTM(8, 6, batch_first=True)
        self.regress = nn.Linear(6, 1)

    def forward(self, x: Tensor) -> Tensor:
        states, _ = self.encoder(x)
        _, (h, _) = self.decoder(states)
        return self.regress(h.squeeze(0))


def pair12() -> nn.Module:
    # The gates' sigmoid: exact here, hard_sigmoid there.
    return Seq2Value()


class Mixer(nn.Module):
    def __init__(self, steps: int = 6, dim: int = 8) -> None:
        super().__init__()
        self.norm1 = nn.LayerNorm(dim)
        self.tokens = nn.Sequential(
            OrderedDict(up=nn.Linear(steps, 10), act=nn.ReLU(), down=nn.Linear(10, steps))
        )
        self.norm2 = nn.LayerNorm(dim)
        self.channels = nn.Sequential(
            OrderedDict(up=nn.Linear(dim, 12), act=nn.ReLU(), down=nn.Linear(12, dim))
        )
        self.head = nn.Linear(dim, 3)

    def forward(self, x: Tensor) -> Tensor:
        y = self.norm1(x).permute(0, 2, 1)
        x = x + self.tokens(y).transpose(1, 2)
        x = x + self.channels(self.norm2(x))
        return self.head(x.mean(dim=1))


def pair13() -> nn.Module:
    # Equal: Linear along time by permute, residuals, LayerNorm with the same eps.
    return Mixer()


class BasicBlock(nn.Module):
    def __init__(self, channels: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(channels, channels, 3, padding=1)
        self.conv2 = nn.Conv2d(channels, channels, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        out = F.relu(self.conv1(x))
        return F.relu(self.conv2(out) + x)


class TinyResNet(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Conv2d(3, 6, 3, padding=1)
        self.block1 = BasicBlock(6)
        self.block2 = BasicBlock(6)
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.fc = nn.Linear(6, 4)

    def forward(self, x: Tensor) -> Tensor:
        x = F.relu(self.stem(x))
        x = self.block2(self.block1(x))
        return self.fc(self.pool(x).flatten(1))


def pair14() -> nn.Module:
    # The second block's shortcut is forgotten there.
    return TinyResNet()


class SensorLSTM(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.lstm = nn.LSTM(5, 8)
        self.fc = nn.Linear(8, 3)

    def forward(self, x: Tensor) -> Tensor:
        out, _ = self.lstm(x)
        return self.fc(out[:, -1])


def pair15() -> nn.Module:
    # batch_first=True is forgotten here.
    return SensorLSTM()


class Gated(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.backbone = nn.Linear(9, 12)
        self.project = nn.Linear(12, 8)
        self.gate = nn.Linear(8, 8)
        self.head = nn.Linear(8, 3)

    def forward(self, x: Tensor) -> Tensor:
        h = torch.tanh(self.backbone(x))
        h = self.project(h)
        weight = torch.sigmoid(self.gate(h.detach()))
        return self.head(h * weight)


def pair16() -> nn.Module:
    # The gate's input is detached here, and not there: outputs are equal, gradients are not.
    return Gated()


class FeedForwardBlock(nn.Module):
    def __init__(self, dim: int = 6) -> None:
        super().__init__()
        self.ln = nn.LayerNorm(dim)
        self.c_fc = nn.Linear(dim, 4 * dim)
        self.act = nn.GELU(approximate="tanh")
        self.c_proj = nn.Linear(4 * dim, dim)
        self.out = nn.Linear(dim, 2)

    def forward(self, x: Tensor) -> Tensor:
        x = x + self.c_proj(self.act(self.c_fc(self.ln(x))))
        return self.out(x.mean(1))


def pair17() -> nn.Module:
    # GELU: the tanh form here, the exact one there.
    return FeedForwardBlock()


class CRNN(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(1, 4, 3, padding=1)
        self.pool = nn.MaxPool2d((2, 2))
        self.rnn = nn.GRU(4 * 3, 7, batch_first=True, bidirectional=True)
        self.fc = nn.Linear(14, 5)

    def forward(self, x: Tensor) -> Tensor:
        x = self.pool(F.relu(self.conv(x)))  # (N, C, H, W)
        n, c, h, w = x.shape
        x = x.permute(0, 3, 1, 2).reshape(n, w, c * h)
        _, last = self.rnn(x)
        return self.fc(torch.cat([last[0], last[1]], dim=1))


def pair18() -> nn.Module:
    # Equal: a column of pixels is one step, read in another order, which the GRU's weight makes
    # up for; the last states of both directions.
    return CRNN()


class Tagger(nn.Module):
    def __init__(self, vocab: int = 15) -> None:
        super().__init__()
        self.word_embeddings = nn.Embedding(vocab, 5)
        self.lstm = nn.LSTM(5, 6, batch_first=True, bidirectional=True)
        self.hidden2tag = nn.Linear(12, 4)

    def forward(self, sentence: Tensor) -> Tensor:
        out, _ = self.lstm(self.word_embeddings(sentence))
        return self.hidden2tag(out[:, -1])


def pair19() -> nn.Module:
    # out[:, -1] takes the backward direction's first step here, Keras its last one there.
    return Tagger()


class Tabular(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.lin1 = nn.Linear(12, 10)
        self.bn = nn.BatchNorm1d(10)
        self.lin2 = nn.Linear(10, 2)

    def forward(self, x: Tensor) -> Tensor:
        return self.lin2(F.relu(self.bn(self.lin1(x))))


def pair20() -> nn.Module:
    # BatchNorm takes up 0.1 of each batch here, 0.01 there: only running statistics differ.
    return Tabular()


# What cannot be compared, or only in part; each takes 8 features


def raises() -> nn.Module:
    raise ValueError("no weights here")


def no_model() -> Any:
    return 3


def other_shapes() -> nn.Module:
    return nn.Sequential(nn.Linear(8, 6), nn.ReLU(), nn.Linear(6, 3))


class Noisy(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.fc1 = nn.Linear(8, 6)
        self.fc2 = nn.Linear(6, 3)

    def forward(self, x: Tensor) -> Tensor:
        h = F.relu(self.fc1(x))
        return self.fc2(h + 0.1 * torch.randn_like(h))


def random_noise() -> nn.Module:
    return Noisy()


class Spectral(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.fc1 = nn.Linear(8, 6)
        self.fc2 = nn.Linear(4, 3)

    def forward(self, x: Tensor) -> Tensor:
        return self.fc2(torch.fft.rfft(self.fc1(x)).abs())


def untraceable() -> nn.Module:
    return Spectral()


def fails_late() -> nn.Module:
    return nn.Sequential(OrderedDict(fc1=nn.Linear(8, 6), act=nn.ReLU(), fc2=nn.Linear(5, 3)))


def clipped() -> nn.Module:
    # ReLU6, ported as ReLU: the same until a number passes 6.
    return nn.Sequential(nn.Linear(8, 10), nn.ReLU6(), nn.Linear(10, 2))


class Dropped(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.fc1 = nn.Linear(8, 10)
        self.fc2 = nn.Linear(10, 6)
        self.fc3 = nn.Linear(6, 2)

    def forward(self, x: Tensor) -> Tensor:
        x = F.dropout(F.relu(self.fc1(x)), 0.5, training=self.training)
        return self.fc3(torch.tanh(self.fc2(x)).detach())


def dropped() -> nn.Module:
    # Dropout as a function, and a gradient that ends on the way.
    return Dropped()


class Shaken(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.fc1 = nn.Linear(8, 10)
        self.fc2 = nn.Linear(10, 2)

    def forward(self, x: Tensor) -> Tensor:
        x = self.fc1(x)
        return self.fc2(x + 0.1 * torch.randn_like(x) if self.training else x)


def shaken() -> nn.Module:
    # Noise of its own in training.
    return Shaken()
